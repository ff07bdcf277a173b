// The module for notebooks and for pages of others: registers the element and speaks anywidget.
export { default } from './anywidget';
export { HttpSource } from './source/http';
export { ModelSource } from './source/model';
export { PodiumGrid } from './grid/grid';
export { register } from './register';
