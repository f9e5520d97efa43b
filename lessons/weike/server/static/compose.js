// The page on which a lecturer writes a lesson. Its modules stand in compose/.

import { Bringing } from "./compose/bring.js";
import { Composer } from "./compose/composer.js";

const root = document.getElementById("compose");
const data = document.getElementById("compose-data");
if (root && data) new Composer(root, JSON.parse(data.textContent)).start();

for (const place of document.querySelectorAll("[data-bring]")) new Bringing(place).start();
