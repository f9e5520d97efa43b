export default {
  render({ model, el }) {
    const fields = document.createElement("fieldset");
    const stem = document.createElement("legend");
    stem.textContent = model.get("stem");
    const verdict = document.createElement("output");
    fields.append(stem);
    model.get("options").forEach((option, number) => {
      const label = document.createElement("label");
      const input = document.createElement("input");
      input.type = "radio";
      input.name = "option";
      input.onchange = () => model.send({ chosen: number });
      label.append(input, option);
      fields.append(label);
    });
    model.on("msg:custom", (message) => { verdict.textContent = message.right ? "✓" : "✗"; });
    el.append(fields, verdict);
  },
};
