#include <string.h>

#include "portable/common.h"
#include "portable/inner_product.h"
#include "portable/lstm.h"

/* Long short-term memory over sequences: int8_t activations, int8 weights, int16 cell state.
 * Every hidden state is also the output of its step, so the last output is the hidden state that the next step reads.
 * Source of the arithmetic: TensorFlow Lite Micro, lstm_eval. */
typedef struct {
  int32_t batches;
  int32_t steps;
  int32_t inputs;      /* numbers in an input row */
  int32_t units;       /* numbers in an output row */
  int32_t batch_pitch; /* rows from one batch to the next */
  int32_t step_pitch;  /* rows from one step to the next */
  int32_t input_multipliers[4];
  int32_t input_shifts[4];
  int32_t recurrent_multipliers[4];
  int32_t recurrent_shifts[4];
  int32_t state_multipliers[3];
  int32_t state_shifts[3];
  int32_t clip;
  int32_t tanh_factor;
  int32_t tanh_shift;
  int32_t output_zero_point;
} mote_lstm_s8_t;

/* Tables by gate, then by unit; biases include the zero point of what the weights are multiplied with. */
MOTE_KERNEL void mote_lstm_s8(const mote_lstm_s8_t *p, const int8_t *x, const int8_t *input_weights,
                             const int32_t *input_biases, const int8_t *recurrent_weights,
                             const int32_t *recurrent_biases, const int16_t *table, int8_t *hidden, int16_t *cells,
                             int8_t *y) {
  for (int32_t batch = 0; batch < p->batches; batch++) {
    const int8_t *past = hidden + batch * p->units;
    int16_t *cell = cells + batch * p->units;
    for (int32_t step = 0; step < p->steps; step++) {
      const int32_t row = batch * p->batch_pitch + step * p->step_pitch;
      const int8_t *present = x + row * p->inputs;
      int8_t *out = y + row * p->units;
      for (int32_t unit = 0; unit < p->units; unit++) {
        int32_t gates[MOTE_LSTM_GATES];
        for (int32_t gate = 0; gate < MOTE_LSTM_GATES; gate++) {
          const int32_t at = gate * p->units + unit;
          const int8_t *w = input_weights + at * p->inputs;
          const int8_t *r = recurrent_weights + at * p->units;
          const int32_t from_input = mote_inner_s8(present, w, p->inputs, input_biases[at]);
          const int32_t from_past = mote_inner_s8(past, r, p->units, recurrent_biases[at]);
          gates[gate] = mote_lstm_saturate(
              mote_lstm_saturate(mote_requantize(from_input, p->input_multipliers[gate], p->input_shifts[gate])) +
              mote_lstm_saturate(mote_requantize(from_past, p->recurrent_multipliers[gate], p->recurrent_shifts[gate])));
        }
        out[unit] = (int8_t)mote_clamp(p->output_zero_point + mote_lstm_cell(gates, &cell[unit], p->state_multipliers,
                                                                        p->state_shifts, p->clip, p->tanh_factor,
                                                                        p->tanh_shift, table),
                                   INT8_MIN, INT8_MAX);
      }
      past = out;
    }
    memmove(hidden + batch * p->units, past, (size_t)p->units * sizeof *past);
  }
}
