/** What tools on an image have in common: their place in the widget's frame, loading, keys. */
import { problemPlace } from "./element.js";
import { onToolKey } from "./tool_keys.js";
import { workspace } from "./workspace.js";

/**
 * Shows `tool.stage` beside its `panel` and loads the image that `src` names. Calls `loaded()` when
 * the image's size is known, and `onKey(event)` for keys that are meant for the tool.
 */
export function showTool(tool, panel, loaded, onKey) {
  const { stage } = tool;
  tool.shadowRoot.append(
    workspace(tool, {
      target: [stage.toolbar, stage.element],
      answer: [panel, problemPlace()],
    }),
  );
  stage.image.addEventListener("load", loaded);
  stage.image.addEventListener("error", () => tool.showProblem("The image could not be loaded."));
  stage.image.src = tool.getAttribute("src") ?? "";
  onToolKey(tool, onKey);
}
