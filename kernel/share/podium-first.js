// Stands behind podium-table.js where the answers to what a table asks at first come before it is drawn. They are good for a
// moment and kept nowhere; the static table, which nobody would see for longer than that, is hidden before it is laid out.
let first, hides;
table.initialize = ({ model }) => {
  model.on('msg:custom', (message) => {
    if (!message.first) return;
    first = message.first;
    const id = model.get('snapshot');
    hides = document.head.appendChild(document.createElement('style'));
    hides.id = 'podium-hides-' + id;
    hides.textContent = `.podium-snapshot-${id}{display:none}`;
    setTimeout(() => first && forget(), 10000);
  });
};
const forget = () => {
  first = undefined;
  hides?.remove();
};
const { render } = table;
table.render = (context) =>
  render({
    ...context,
    get first() {
      const told = first;
      first = undefined;
      return told;
    },
  }).catch((error) => {
    forget();
    throw error;
  });
