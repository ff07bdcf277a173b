// The button beside the progress of a long action.
export default {
  render({ model, el }) {
    const button = document.createElement('button');
    button.textContent = 'Cancel';
    button.className = 'jp-mod-styled jp-mod-warn';
    button.onclick = () => {
      button.disabled = true;
      model.send({ cancel: true });
    };
    el.append(button);
  },
};
