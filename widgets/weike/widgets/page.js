// The quiz component for a page of the server: without what only a notebook needs.

import { HttpTransport } from "./quiz/http.js";
import { mount } from "./quiz/mount.js";

export { HttpTransport, mount };
