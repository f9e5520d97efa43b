"""The web app on Voilà: sign-in, pages, the API, and kernels for live lessons."""
