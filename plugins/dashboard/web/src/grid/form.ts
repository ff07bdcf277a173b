// A form drawn from a JSON Schema: one field for each property of an object.
import type { Schema } from '../source/source';
import { h } from './dom';

interface Field {
  element: HTMLElement;
  /** The value; undefined when the field is empty. Throws a sentence when it is no such value. */
  read(): unknown;
}

export class Form {
  readonly element = h('div');
  private readonly fields_: { name: string; schema: Schema; field: Field }[] = [];

  constructor(private readonly schema_: Schema) {
    const properties = schema_.properties ?? {};
    for (const name of schema_.propertyOrder ?? Object.keys(properties)) {
      const schema = properties[name];
      const field = fieldOf(schema);
      this.fields_.push({ name, schema, field });
      const label = h('label', { class: 'f' }, h('span', {}, titleOf(name, schema) + (this.needs_(name) ? ' *' : '')), field.element);
      if (schema.description) label.append(h('small', {}, schema.description));
      this.element.append(label);
    }
  }

  get empty(): boolean {
    return this.fields_.length === 0;
  }

  private needs_(name: string): boolean {
    return this.schema_.required?.includes(name) ?? false;
  }

  /** All that was filled in. Throws a sentence about the first field that is wrong. */
  read(): { [name: string]: unknown } {
    const out: { [name: string]: unknown } = {};
    for (const { name, schema, field } of this.fields_) {
      let value: unknown;
      try {
        value = field.read();
      } catch (error) {
        throw new Error(`${titleOf(name, schema)}: ${(error as Error).message}`);
      }
      if (value === undefined) {
        if (this.needs_(name)) throw new Error(`${titleOf(name, schema)} is needed`);
        continue;
      }
      const wrong = check(value, schema);
      if (wrong) throw new Error(`${titleOf(name, schema)} ${wrong}`);
      out[name] = value;
    }
    return out;
  }
}

const titleOf = (name: string, schema: Schema) => schema.title ?? name.replaceAll('_', ' ');

function typeOf(schema: Schema): string {
  const type = Array.isArray(schema.type) ? schema.type.find((t) => t !== 'null') : schema.type;
  return type ?? (schema.enum ? 'enum' : schema.properties ? 'object' : 'string');
}

function check(value: unknown, s: Schema): string | undefined {
  if (typeof value === 'number') {
    if (s.minimum !== undefined && value < s.minimum) return `must be at least ${s.minimum}`;
    if (s.maximum !== undefined && value > s.maximum) return `must be at most ${s.maximum}`;
  }
  if (typeof value === 'string') {
    if (s.minLength !== undefined && [...value].length < s.minLength) return `needs ${s.minLength} characters or more`;
    if (s.maxLength !== undefined && [...value].length > s.maxLength) return `has more than ${s.maxLength} characters`;
  }
  return undefined;
}

function fieldOf(schema: Schema): Field {
  const type = typeOf(schema);
  const usual = schema.default;
  if (schema.enum) {
    const select = h('select', {}, ...(usual === undefined ? [h('option', { value: '' }, '')] : []),
      ...schema.enum.map((v, i) => h('option', { value: i }, String(v))));
    if (usual !== undefined) select.value = String(schema.enum.indexOf(usual));
    return { element: select, read: () => (select.value === '' ? undefined : schema.enum![Number(select.value)]) };
  }
  if (type === 'boolean') {
    const box = h('input', { type: 'checkbox' });
    box.checked = usual === true;
    return { element: box, read: () => box.checked };
  }
  if (type === 'integer' || type === 'number') {
    const input = h('input', { type: 'text', inputmode: 'decimal', value: usual === undefined ? '' : String(usual) });
    return {
      element: input,
      read: () => {
        const text = input.value.trim();
        if (text === '') return undefined;
        const value = Number(text);
        if (!Number.isFinite(value)) throw new Error(`'${text}' is no number`);
        if (type === 'integer' && !Number.isInteger(value)) throw new Error(`'${text}' is no whole number`);
        return value;
      },
    };
  }
  const lines = type === 'array' && (!schema.items || typeOf(schema.items) === 'string');
  if (lines || type === 'array' || type === 'object') {
    const text = lines ? (Array.isArray(usual) ? usual.join('\n') : '') : usual === undefined ? '' : JSON.stringify(usual);
    const area = h('textarea', { rows: 3, placeholder: lines ? 'one a line' : 'JSON' });
    area.value = text;
    return {
      element: area,
      read: () => {
        if (area.value.trim() === '') return undefined;
        if (lines) return area.value.split('\n').map((l) => l.trim()).filter((l) => l !== '');
        try {
          return JSON.parse(area.value) as unknown;
        } catch {
          throw new Error('this is no JSON');
        }
      },
    };
  }
  const kinds: { [format: string]: string } = { 'date-time': 'datetime-local', date: 'date', uri: 'url', email: 'email', password: 'password' };
  const long = (schema.maxLength ?? 0) > 1000 || schema.format === 'textarea';
  const input = long ? h('textarea', { rows: 3 }) : h('input', { type: kinds[schema.format ?? ''] ?? 'text' });
  input.value = usual === undefined || usual === null ? '' : String(usual);
  return {
    element: input,
    read: () => {
      if (input.value === '') return undefined;
      if (schema.format === 'date-time') return new Date(input.value).toISOString();
      return input.value;
    },
  };
}
