// A picture that goes on when its page was loaded again: such a page is no longer told of outputs that are replaced in place.
// Until then the output above stands, and this shows nothing.
export default {
  render({ model, el }) {
    const picture = document.createElement('img');
    picture.style.maxWidth = '100%';
    const hear = (message) => {
      if (typeof message.picture !== 'string' || !model.get('reloaded')) return;
      picture.src = 'data:image/svg+xml;charset=utf-8,' + encodeURIComponent(message.picture);
      if (picture.isConnected) return;
      el.append(picture);
      const above = el.closest('.jp-OutputArea-child')?.previousElementSibling;
      if (above?.querySelector('.jp-RenderedVegaCommon5, .jp-RenderedSVG, .vega-embed')) above.style.display = 'none';
    };
    model.on('msg:custom', hear);
    if (model.get('reloaded')) model.send({ ask: 'picture' });
    return () => model.off('msg:custom', hear);
  },
};
