"""JupyterLab for lecturers: the templates of lessons, and how its launcher comes to offer them."""
