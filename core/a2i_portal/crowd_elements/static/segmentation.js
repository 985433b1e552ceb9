/**
 * crowd-semantic-segmentation and crowd-instance-segmentation: paint what belongs to a label, or to
 * one thing with a label.
 * Answer (AWS, element reference): "name": {"labeledImage": {"pngImageData": base64}, "labelMappings":
 * {label: {color}}, "inputImageProperties": {height, width}}; of the instance segmentation "instances":
 * [{color, label}] in place of the mappings.
 */
import { labelButton, labelledRow } from "./label_panel.js";
import { COLORS, hex, hueOf, nextColor } from "./mask_colors.js";
import { MaskTool } from "./mask_tool.js";

/** One area a label. */
export class CrowdSemanticSegmentation extends MaskTool {
  startingAreas() {
    const known = Object(this.proposal.labelMappings);
    const taken = Object.values(known).map((mapping) => hex(mapping?.color));
    const free = COLORS.filter((color) => !taken.includes(color));
    const all = [...new Set([...this.labels, ...Object.keys(known)])];
    return all.map((label, at) => ({
      label,
      color: hex(known[label]?.color) ?? free[at] ?? hueOf(at),
    }));
  }

  namedAreas(areas) {
    return { labelMappings: Object.fromEntries(areas.map(({ label, color }) => [label, { color }])) };
  }

  palette() {
    const { areas } = this.state;
    const buttons = areas.map(({ label, color }, index) =>
      labelButton({
        text: label,
        color,
        index,
        isActive: index === this.area,
        choose: () => this.chooseLabel(label),
      }),
    );
    return [areas, { labels: buttons, items: [] }];
  }

  chooseLabel(label) {
    this.area = this.state.areas.findIndex((area) => area.label === label);
    this.show();
  }
}

/** One area for each thing; a label begins a new one. */
export class CrowdInstanceSegmentation extends MaskTool {
  startingAreas() {
    const { instances } = this.proposal;
    return (Array.isArray(instances) ? instances : []).map(({ label, color }, at) => ({
      label: String(label),
      color: hex(color) ?? hueOf(at),
    }));
  }

  namedAreas(areas) {
    return { instances: areas.map(({ color, label }) => ({ color, label })) };
  }

  palette() {
    const { areas } = this.state;
    const labels = this.labels.map((label, index) =>
      labelButton({
        text: `New ${label}`,
        color: nextColor(areas),
        index,
        isActive: false,
        choose: () => this.chooseLabel(label),
      }),
    );
    const items = areas.map(({ label, color }, at) =>
      labelledRow({
        color,
        content: [`${at + 1}. ${label}`],
        isActive: at === this.area,
        open: () => {
          this.area = at;
          this.show();
        },
        removeLabel: `Delete ${label} ${at + 1}`,
        remove: () => this.#remove(at),
      }),
    );
    return [areas, { labels, items }];
  }

  chooseLabel(label) {
    const { areas } = this.state;
    this.area = areas.length;
    this.change([...areas, { label, color: nextColor(areas) }]);
  }

  /** What was painted of it goes with it, and what it had covered comes back. */
  #remove(at) {
    const { areas, strokes } = this.state;
    const kept = strokes.filter(({ area }) => area !== at);
    const moved = kept.map((stroke) => (stroke.area > at ? { ...stroke, area: stroke.area - 1 } : stroke));
    this.area = Math.min(this.area, areas.length - 2);
    this.change(areas.toSpliced(at, 1), moved);
  }
}

customElements.define("crowd-semantic-segmentation", CrowdSemanticSegmentation);
customElements.define("crowd-instance-segmentation", CrowdInstanceSegmentation);
