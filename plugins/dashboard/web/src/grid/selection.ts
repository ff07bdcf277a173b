// Which tasks are selected: some ids, or a question with exceptions. Never a list of a hundred thousand ids.
import type { Question, SelectionBody } from '../source/source';

export const mostIds = 10_000;

export class Selection {
  private ids_ = new Set<string>(); // selected, or excepted when `question_` is set
  private question_: Question | undefined;
  private everything_ = false; // the question is the table's own, without its filters
  private of_ = 0; // tasks that the question has

  get empty(): boolean {
    return this.question_ ? this.of_ > 0 && this.count === 0 : this.ids_.size === 0;
  }
  get count(): number {
    return this.question_ ? Math.max(0, this.of_ - this.ids_.size) : this.ids_.size;
  }
  /** Whether it names tasks by a question. */
  get wide(): boolean {
    return this.question_ !== undefined;
  }
  get everything(): boolean {
    return this.everything_;
  }

  has(id: string): boolean {
    return this.ids_.has(id) !== this.wide;
  }

  set(ids: Iterable<string>, on: boolean): void {
    for (const id of ids) {
      if (on === this.wide) this.ids_.delete(id);
      else this.ids_.add(id);
    }
    if (this.ids_.size > mostIds) {
      for (const id of [...this.ids_].slice(mostIds)) this.ids_.delete(id);
      throw new RangeError(`at most ${mostIds} tasks are selected one by one; select what a filter lets through instead`);
    }
  }

  clear(): void {
    this.ids_.clear();
    this.question_ = undefined;
    this.everything_ = false;
    this.of_ = 0;
  }

  /** All tasks that `question` has: `of` of them. */
  take(question: Question, of: number, everything: boolean): void {
    this.clear();
    this.question_ = structuredClone(question);
    this.of_ = of;
    this.everything_ = everything;
  }

  /** The server counted. */
  counted(selected: number): void {
    if (this.question_) this.of_ = selected + this.ids_.size;
  }

  json(): SelectionBody {
    if (!this.question_) return { ids: [...this.ids_] };
    const question: SelectionBody = { ...this.question_ };
    if (!question.project && !question.filter && !question.filters?.length && !question.search) question.all = true;
    if (this.ids_.size) question.except = [...this.ids_];
    return question;
  }
}
