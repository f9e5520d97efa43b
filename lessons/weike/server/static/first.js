// A script so small that it is there long before the style and the other script of a lesson's page.

import { opening } from "./opening.js";

opening();
