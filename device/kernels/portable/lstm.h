/* The part of a quantized LSTM step that is the same for int8 and int16 activations: from four gates to a new cell state
 * and a new hidden state. */
#ifndef MOTE_LSTM_H
#define MOTE_LSTM_H

#include "portable/common.h"
#include "portable/sigmoid_s16.h"

/* The gates in the order of every table. */
enum { MOTE_LSTM_INPUT, MOTE_LSTM_FORGET, MOTE_LSTM_CELL, MOTE_LSTM_OUTPUT, MOTE_LSTM_GATES };

MOTE_KERNEL int32_t mote_lstm_saturate(int32_t value) { return mote_clamp(value, INT16_MIN, INT16_MAX); }

/* Updates one cell; returns the hidden state before its zero point is added. `gates` have 12 fractional bits,
 * `multipliers` and `shifts` rescale what is kept, what is added, and the hidden state; `clip` is 0 for none;
 * `tanh_factor` and `tanh_shift` bring the cell state to the table's scale. */
MOTE_KERNEL int32_t mote_lstm_cell(const int32_t *gates, int16_t *cell, const int32_t *multipliers,
                                   const int32_t *shifts, int32_t clip, int32_t tanh_factor, int32_t tanh_shift,
                                   const int16_t *table) {
  const int32_t input = mote_sigmoid_q15(3 * gates[MOTE_LSTM_INPUT], table);
  const int32_t forget = mote_sigmoid_q15(3 * gates[MOTE_LSTM_FORGET], table);
  const int32_t candidate = mote_tanh_q15(3 * gates[MOTE_LSTM_CELL], table);
  const int32_t output = mote_sigmoid_q15(3 * gates[MOTE_LSTM_OUTPUT], table);
  const int32_t kept = mote_lstm_saturate(mote_requantize(forget * *cell, multipliers[0], shifts[0]));
  const int32_t added = mote_lstm_saturate(mote_requantize(input * candidate, multipliers[1], shifts[1]));
  int32_t state = mote_lstm_saturate(kept + added);
  int32_t argument;
  if (clip > 0) {
    state = mote_clamp(state, -clip, clip);
  }
  *cell = (int16_t)state;
  argument = tanh_factor * state;
  if (tanh_shift > 0) {
    argument = (argument + (INT32_C(1) << (tanh_shift - 1))) >> tanh_shift;
  }
  return mote_requantize(mote_tanh_q15(argument, table) * output, multipliers[2], shifts[2]);
}

#endif
