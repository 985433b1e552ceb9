/**
 * The fields of a document in Amazon Textract's blocks: pairs of a key and a value, each made of words.
 * Blocks are written as A2I does ("blockType") or as Textract does ("BlockType"); what is changed keeps
 * the spelling of the rest. Nothing is changed in place.
 */

export class Blocks {
  constructor(list) {
    this.list = list;
    this.isPascal = list.some((block) => block && "BlockType" in block);
    this.byId = new Map(list.map((block) => [this.get(block, "id"), block]));
  }

  /** [{key, value}] by id, in the order of the document; a key can lack its value. */
  get fields() {
    return this.list
      .filter((block) => this.#is(block, "KEY_VALUE_SET") && this.#isKey(block))
      .map((key) => ({ key: this.get(key, "id"), value: this.#related(key, "VALUE")[0] }));
  }

  /** The words of a block, or the state of its check box: {text} or {isSelected}. */
  content(id) {
    const children = this.#children(id);
    const box = children.find((child) => this.#is(child, "SELECTION_ELEMENT"));
    if (box) return { isSelected: this.get(box, "selectionStatus") === "SELECTED" };
    return { text: children.map((child) => this.get(child, "text") ?? "").join(" ") };
  }

  /** Where a block is, in parts of the page: {left, top, width, height}; null where that is unknown. */
  box(id) {
    const box = this.get(this.get(this.byId.get(id), "geometry"), "boundingBox");
    if (!box) return null;
    const read = (name) => Number(this.get(box, name)) || 0;
    return { left: read("left"), top: read("top"), width: read("width"), height: read("height") };
  }

  /** The first word takes the whole text; the block has no other words from then on. */
  withText(id, text) {
    const [first] = this.#children(id).filter((child) => this.#is(child, "WORD"));
    const word = first ?? this.#make({ blockType: "WORD", id: crypto.randomUUID() });
    const wordId = this.get(word, "id");
    const others = (this.get(this.byId.get(id), "relationships") ?? []).filter(
      (relationship) => this.get(relationship, "type") !== "CHILD",
    );
    const child = this.#make({ type: "CHILD", ids: text === "" ? [] : [wordId] });
    const block = this.#set(this.byId.get(id), { relationships: [...others, child] });
    if (text === "") return this.#with([block]);
    return this.#with([this.#set(word, { text, geometry: this.get(block, "geometry") }), block]);
  }

  withSelection(id, isSelected) {
    const box = this.#children(id).find((child) => this.#is(child, "SELECTION_ELEMENT"));
    const selectionStatus = isSelected ? "SELECTED" : "NOT_SELECTED";
    return this.#with([this.#set(box, { selectionStatus })]);
  }

  withBox(id, { left, top, width, height }) {
    const corners = [
      [left, top],
      [left + width, top],
      [left + width, top + height],
      [left, top + height],
    ];
    const geometry = this.#make({
      boundingBox: this.#make({ width, height, left, top }),
      polygon: corners.map(([x, y]) => this.#make({ x, y })),
    });
    return this.#with([this.#set(this.byId.get(id), { geometry })]);
  }

  /** One more key and value in the box, both still without words. */
  withField(box) {
    const [key, value] = [crypto.randomUUID(), crypto.randomUUID()];
    const block = (id, entity, relationships) =>
      this.#make({
        blockType: "KEY_VALUE_SET",
        id,
        entityTypes: [entity],
        relationships: relationships.map((one) => this.#make(one)),
      });
    const empty = new Blocks([
      ...this.list,
      block(key, "KEY", [{ type: "VALUE", ids: [value] }]),
      block(value, "VALUE", []),
    ]);
    empty.isPascal = this.isPascal;
    return empty.withBox(key, box).withBox(value, box);
  }

  get(object, name) {
    return object?.[name] ?? object?.[pascal(name)];
  }

  #is(block, type) {
    return this.get(block, "blockType") === type;
  }

  #isKey(block) {
    return (this.get(block, "entityTypes") ?? []).includes("KEY");
  }

  #children(id) {
    return this.#related(this.byId.get(id), "CHILD")
      .map((child) => this.byId.get(child))
      .filter(Boolean);
  }

  #related(block, type) {
    return (this.get(block, "relationships") ?? [])
      .filter((relationship) => this.get(relationship, "type") === type)
      .flatMap((relationship) => this.get(relationship, "ids") ?? []);
  }

  #make(members) {
    return this.#set({}, members);
  }

  #set(object, members) {
    const spelled = Object.entries(members).map(([name, value]) => [
      this.isPascal ? pascal(name) : name,
      value,
    ]);
    return { ...object, ...Object.fromEntries(spelled) };
  }

  /** Blocks with some of them exchanged, and new ones at the end. */
  #with(changed) {
    const fresh = new Map(changed.map((block) => [this.get(block, "id"), block]));
    const list = this.list.map((block) => fresh.get(this.get(block, "id")) ?? block);
    const added = changed.filter((block) => !this.byId.has(this.get(block, "id")));
    const blocks = new Blocks([...list, ...added]);
    blocks.isPascal = this.isPascal;
    return blocks;
  }
}

function pascal(name) {
  return name[0].toUpperCase() + name.slice(1);
}
