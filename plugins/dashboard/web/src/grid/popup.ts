// A menu or panel above everything else, one at a time.
import { h } from './dom';

export class Popup {
  private el_: HTMLElement | undefined;
  private back_: (() => HTMLElement | undefined) | undefined;
  private readonly outside_ = (event: Event) => {
    if (this.el_ && !event.composedPath().includes(this.el_)) this.close(false);
  };

  /** `over` is what menus are put into: the element's shadow root. */
  constructor(private readonly over_: ShadowRoot) {}

  get open(): boolean {
    return this.el_ !== undefined;
  }

  /** Shows `content` at a point or below an element; what `back` says then gets the focus when it closes. */
  show(content: Node[], at: { x: number; y: number } | Element, label: string, back: () => HTMLElement | undefined, role = 'menu'): HTMLElement {
    this.close(false);
    const el = h('div', { class: 'pop', role, 'aria-label': label, tabindex: -1, popover: 'manual' }, ...content);
    this.el_ = el;
    this.back_ = back;
    this.over_.append(el);
    el.showPopover?.();
    const box = at instanceof Element ? at.getBoundingClientRect() : { left: at.x, bottom: at.y, top: at.y };
    const place = () => {
      const left = Math.max(4, Math.min(box.left, innerWidth - el.offsetWidth - 4));
      const below = box.bottom + el.offsetHeight <= innerHeight - 4 || box.top < el.offsetHeight;
      const top = below ? Math.max(4, Math.min(box.bottom, innerHeight - el.offsetHeight - 4)) : box.top - el.offsetHeight;
      el.style.left = `${left}px`;
      el.style.top = `${top}px`;
    };
    place();
    el.addEventListener('keydown', (event) => this.key_(event));
    el.addEventListener('podium-place', place);
    document.addEventListener('pointerdown', this.outside_, true);
    this.stops_().find((e) => !(e as HTMLButtonElement).disabled)?.focus();
    if (!el.contains(this.over_.activeElement)) el.focus();
    return el;
  }

  close(focus = true): void {
    if (!this.el_) return;
    document.removeEventListener('pointerdown', this.outside_, true);
    this.el_.remove();
    this.el_ = undefined;
    if (focus) this.back_?.()?.focus({ preventScroll: true });
  }

  private stops_(): HTMLElement[] {
    return [...this.el_!.querySelectorAll<HTMLElement>('button,input,select')];
  }

  private key_(event: KeyboardEvent): void {
    event.stopPropagation();
    if (!this.el_) return; // a field's own key closed it
    const stops = this.stops_();
    const at = stops.indexOf(this.over_.activeElement as HTMLElement);
    const typing = (event.target as HTMLElement).matches('input:not([type=checkbox]):not([type=radio])');
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === 'Escape') this.close();
    else if (event.key === 'Tab') stops[(at + (event.shiftKey ? stops.length - 1 : 1)) % stops.length]?.focus();
    else if (step) stops[(at + step + stops.length) % stops.length]?.focus();
    else if (event.key === 'Home' && !typing) stops[0]?.focus();
    else if (event.key === 'End' && !typing) stops[stops.length - 1]?.focus();
    else return;
    event.preventDefault();
  }
}

/** A line of a menu. `why` says why it cannot be chosen. */
export function item(label: string, act: (() => void) | undefined, more: { note?: string; why?: string; bad?: boolean } = {}): HTMLElement {
  const line = h('button', {
    role: 'menuitem', class: more.bad ? 'bad' : undefined, 'aria-disabled': act ? undefined : 'true', onclick: () => act?.(),
  }, h('span', {}, label, ...(more.why ? [h('span', { class: 'why' }, more.why)] : [])));
  if (more.note) line.append(h('span', { class: 'mute' }, more.note));
  return line;
}
