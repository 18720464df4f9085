/** The shapes that cross the border of the snippet: what the server composes into it, and what it remembers. */

export type Optional = "performance" | "functional" | "targeting";
export type Code = "strictly_necessary" | Optional;
export type Signal = "dnt" | "gpc";
export type Signals = Record<Signal, boolean>;
export type Choice = Record<Optional, boolean>;
export type Exceptions = Record<string, boolean>;
/** What a tag or a signal does: data, never code. */
export type Step = any[];

export interface Regime { code: string; model: string; signals: Signal[]; grant_days: number; refusal_days: number }
export interface Policy { dnt: "honour" | "disregard" }

/** The parsed consent cookie. */
export interface Stored {
  version: string; decided_at: number; categories: Choice; consent_id: string; regime: string; signals: Signals; partners: Exceptions;
}

/** What decide() needs to know of the live version; digest is its first 12 hex digits. */
export interface Version {
  digest: string; ordinals: Record<string, number>; categories: Record<Optional, number>; partners: { slug: string; category: Code; added: number }[];
}

export interface Grants { categories: Record<Code, boolean>; partners: Record<string, boolean> }
export type Reason = "undecided" | "expired" | "signal" | "decided" | "changed";
export interface Decision { show: "banner" | "nothing"; reason: Reason; grants: Grants }

export interface PartnerSignal { name: string; default?: Step[]; update?: Step[]; grant?: Step[]; deny?: Step[] }
export interface SitePartner {
  slug: string; name: string; category: Code; added: number; entity?: string; hosts?: string[];
  cookies?: string[]; storage?: string[]; loader?: Step[]; signals?: PartnerSignal[];
}

export interface Appearance {
  layout: string; position: string; brand_colour: string; brand_text_colour: string; dark_brand_colour: string; dark_brand_text_colour: string;
  radius: number; settings_button: boolean;
}

/** `__SITE__`: what the server composes into the first file. */
export interface Site {
  key: string; version: string; build: string; language: string; direction: "ltr" | "rtl";
  regime: Regime; policy: Policy; ordinals: Record<string, number>; categories: Record<Optional, number>;
  partners: SitePartner[]; cookies?: Partial<Record<Code, string[]>>; storage?: Partial<Record<Code, string[]>>;
  texts: Record<string, string>; appearance: Appearance; preferences: string; pages: { preferences: string; declaration: string };
}

/** `__DETAILS__`: what the server composes into the second file. */
export interface Details {
  language: string; texts: Record<string, string>;
  categories: { code: Code; title: string; description: string }[];
  opt_out_links: { label: string; url: string }[];
  policy: { dnt: Policy["dnt"]; explanation: string };
  controller: { name: string; contact: string; privacy_policy_url: string };
  partners: DetailPartner[]; cookies: DetailCookie[];
}
export interface DetailPartner { slug: string; name: string; entity: string; country: string; category: Code; purpose: string; notice: string; opt_out: string }
export interface DetailCookie {
  name: string; partner: string | null; category: Code; technology: string; party: "first" | "third"; lifetime: string; domain: string; purpose: string;
}

/** What the first file lends to the second. */
export interface Tools {
  site: Site;
  state: State;
  allows(category: string | undefined, partner?: string): boolean | undefined;
  ask(name: string, title: string, words: (Node | string)[], twins: Act[], ...wide: Act[]): void;
  choose(categories: Partial<Choice>, partners?: Exceptions): Answer;
  el<K extends keyof HTMLElementTagNameMap>(tag: K, attributes?: Record<string, string | number> | null, ...children: (Node | string)[]): HTMLElementTagNameMap[K];
  emit(name: string): void;
  everything(granted: boolean): Answer;
  guard<T>(work: () => T): T | undefined;
  present(): void;
  settle(action: string, surface: string, event: Event | null, choice: Answer): void;
  shell(attributes: Record<string, string>, css: string, ...inside: Node[]): HTMLElement;
  show(element: HTMLImageElement | HTMLIFrameElement): void;
  style(root: Document | ShadowRoot, css: string): { replaceSync(css: string): void };
  ready(panel: Panel): void;
}
export interface State { stored: Stored | null; signals: Signals; decision: Decision; receipt: string }
export interface Answer { categories: Choice; partners: Exceptions }
export type Act = [name: string, label: string, run?: (event: Event) => void];
/** What the second file can do for the first. */
export interface Panel {
  open(): void;
  declare(place: Element): void;
  hold(frame: HTMLIFrameElement): void;
  welcome(): boolean;
}
