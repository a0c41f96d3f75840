#include <math.h>
#include <string.h>

#include "portable/common.h"

/* Long short-term memory over sequences of floats.
 * Every hidden state is also the output of its step, so the last output is the hidden state that the next step reads. */
typedef struct {
  int32_t batches;
  int32_t steps;
  int32_t inputs;      /* numbers in an input row */
  int32_t units;       /* numbers in an output row */
  int32_t batch_pitch; /* rows from one batch to the next */
  int32_t step_pitch;  /* rows from one step to the next */
  float clip;          /* 0 for none */
} mote_lstm_f32_t;

MOTE_INTERNAL float mote_lstm_sigmoid(float x) { return 1.0f / (1.0f + expf(-x)); }

/* Tables by gate (input, forget, cell, output), then by unit. */
MOTE_KERNEL void mote_lstm_f32(const mote_lstm_f32_t *p, const float *x, const float *input_weights,
                               const float *recurrent_weights, const float *biases, float *hidden, float *cells,
                               float *y) {
  for (int32_t batch = 0; batch < p->batches; batch++) {
    const float *past = hidden + batch * p->units;
    float *cell = cells + batch * p->units;
    for (int32_t step = 0; step < p->steps; step++) {
      const int32_t row = batch * p->batch_pitch + step * p->step_pitch;
      const float *present = x + row * p->inputs;
      float *out = y + row * p->units;
      for (int32_t unit = 0; unit < p->units; unit++) {
        float gates[4];
        float state;
        for (int32_t gate = 0; gate < 4; gate++) {
          const int32_t at = gate * p->units + unit;
          const float *w = input_weights + at * p->inputs;
          const float *r = recurrent_weights + at * p->units;
          float from_input = 0.0f;
          float from_past = 0.0f;
          for (int32_t i = 0; i < p->inputs; i++) {
            from_input += w[i] * present[i];
          }
          for (int32_t i = 0; i < p->units; i++) {
            from_past += r[i] * past[i];
          }
          gates[gate] = from_input + biases[at] + from_past;
        }
        state = mote_lstm_sigmoid(gates[1]) * cell[unit] + mote_lstm_sigmoid(gates[0]) * tanhf(gates[2]);
        if (p->clip > 0.0f) {
          state = state < -p->clip ? -p->clip : (state > p->clip ? p->clip : state);
        }
        cell[unit] = state;
        out[unit] = tanhf(state) * mote_lstm_sigmoid(gates[3]);
      }
      past = out;
    }
    memmove(hidden + batch * p->units, past, (size_t)p->units * sizeof *past);
  }
}
