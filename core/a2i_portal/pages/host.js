/** Host of the portal, as the page names it: the local AWS, or the account of the reviews. */
import { AccountHost } from "./account_host.js";
import { LocalHost } from "./local_host.js";

const name = document.querySelector("meta[name=a2i-host]").content;

export const host = name === "account" ? new AccountHost() : new LocalHost();
