import type { Order } from './order.js';

/** Prices of a bar in ticks: open, high, low, close; and its volume in lots where it is known. */
export type BarTicks = readonly [open: number, high: number, low: number, close: number, volume?: number];

/** What a broker keeps to; what is left out does not bind. */
export interface BrokerLimits {
  /** |shares| of one asset, those of working orders included */
  readonly position?: number;
  /** |shares · price| of one asset over equity, those of working orders included */
  readonly concentration?: number;
  /** Σ|shares · price| of all assets over equity, those of working orders included; 1 unless told */
  readonly gross?: number;
  /** money lost from a close to the next, at which the broker stops */
  readonly loss?: number;
  /** orders within 60 seconds */
  readonly rate?: number;
}

/** What an account is opened with, once and for all. */
export interface AccountTerms {
  /** money at the start */
  readonly capital: number;
  /** step of prices: one of a whole number of steps to 1, or a whole number */
  readonly tick: number;
  /** step of positions, in shares; as the tick */
  readonly lot: number;
  /** of the value of each fill, to a cent at least: `0.0005` is 5 basis points */
  readonly commission: number;
  /** share of a bar's volume that all orders of an asset may trade at most; whole orders on one bar when left out */
  readonly participation?: number;
}

/** The fill that an exit leaves again: its order, the bar's date, its price in ticks, and whether the bar had done something unknown before it. */
export interface EntryFill {
  readonly id: string;
  readonly date: string;
  readonly price: number;
  readonly within: boolean;
}

/** What can happen to an account; its state is that of all events, one after the other. */
export type BrokerEvent =
  | { readonly kind: 'opened'; readonly terms: AccountTerms }
  | { readonly kind: 'limited'; readonly limits: BrokerLimits }
  | { readonly kind: 'accepted'; readonly order: Order; readonly entry?: EntryFill }
  | { readonly kind: 'rejected'; readonly order: Order; readonly reason: string }
  | { readonly kind: 'filled'; readonly id: string; readonly lots: number; readonly price: number; readonly charge: number }
  | { readonly kind: 'narrowed'; readonly id: string }
  | { readonly kind: 'cancelled'; readonly id: string; readonly reason: string }
  | { readonly kind: 'expired'; readonly id: string }
  | { readonly kind: 'bar'; readonly date: string; readonly bars: Readonly<Record<string, BarTicks>> }
  | { readonly kind: 'stopped'; readonly reason: string }
  | { readonly kind: 'released'; readonly reason: string }
  | { readonly kind: 'adopted'; readonly cash: number; readonly lots: Readonly<Record<string, number>> };
