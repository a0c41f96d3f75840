/* What a manifest says of the model itself: inputs, outputs, steps, golden vectors. */
#include "runtime/manifest.h"

#define MOST_DIMENSIONS 8u
#define MOST_LABELS 1024u
#define MOST_STEPS 32u
#define MOST_GOLDEN 8u
#define ONE 0x3f800000u
#define INFINITE 0x7f800000u

static const uint8_t type_bytes[] = {0, 1, 1, 2, 4, 8, 4, 1};

/* Parameters of each step in order: a number, a whole number, a name. */
static const char *const step_parameters[] = {"NN", "NN", "", "", "WWS", "", "W", "WW", "S", "WW", "WNNW",
                                              "N",  "W",  "W", "", "", "",    "N", "W",  "",  "WS"};

#define STEPS (sizeof step_parameters / sizeof step_parameters[0])

/* A float above zero; its bits are ordered as its value is. */
static uint32_t read_positive(mote_reader_t *r, uint32_t most) {
  uint32_t bits = mote_read_float(r);
  if (bits == 0 || bits > most) {
    mote_refuse(r, MOTE_FIELD);
  }
  return bits;
}

static mote_signal_t read_signal(mote_reader_t *r) {
  int64_t bytes = 1;
  int64_t last = 0;
  mote_map_t map = mote_open_map(r);
  mote_require(r, &map, 1);
  (void)mote_read_text(r);
  mote_require(r, &map, 2);
  uint32_t dimensions = mote_read_array(r, 0, MOST_DIMENSIONS);
  for (uint32_t i = 0; i < dimensions; i++) {
    last = mote_read_int(r, 1, MOTE_MOST_BYTES);
    bytes *= last;
    if (bytes > MOTE_MOST_BYTES) {
      mote_refuse(r, MOTE_FIELD);
      return 0;
    }
  }
  mote_require(r, &map, 3);
  uint32_t type = (uint32_t)mote_read_int(r, MOTE_INT8, MOTE_BOOL);
  bytes *= type_bytes[type];
  if (bytes > MOTE_MOST_BYTES) {
    mote_refuse(r, MOTE_FIELD);
  }
  bool scaled = mote_find(r, &map, 4);
  if (scaled) {
    (void)read_positive(r, INFINITE - 1);
  }
  if (mote_find(r, &map, 5)) {
    (void)mote_read_int(r, INT32_MIN, INT32_MAX);
    if (!scaled) {
      mote_refuse(r, MOTE_FIELD);
    }
  }
  if (mote_find(r, &map, 6)) {
    (void)mote_read_text(r);
  }
  if (mote_find(r, &map, 7)) {
    uint32_t labels = mote_read_array(r, 1, MOST_LABELS);
    if (labels != (uint64_t)last) {
      mote_refuse(r, MOTE_FIELD);
    }
    for (uint32_t i = 0; r->error == MOTE_OK && i < labels; i++) {
      (void)mote_read_text(r);
    }
  }
  mote_close_map(r, &map);
  return (uint32_t)bytes | type << 29;
}

void mote_read_signals(mote_reader_t *reader, mote_signal_t *signals, uint8_t *count) {
  *count = (uint8_t)mote_read_array(reader, 1, MOTE_MOST_SIGNALS);
  for (uint32_t i = 0; i < *count; i++) {
    signals[i] = read_signal(reader);
  }
}

void mote_read_steps(mote_reader_t *reader, uint32_t signals) {
  uint32_t count = mote_read_array(reader, 1, MOST_STEPS);
  for (uint32_t i = 0; reader->error == MOTE_OK && i < count; i++) {
    (void)mote_read_array(reader, 3, 3);
    int64_t step = mote_read_int(reader, 1, (int64_t)STEPS);
    (void)mote_read_int(reader, 0, (int64_t)signals - 1);
    mote_map_t map = mote_open_map(reader);
    const char *parameter = reader->error == MOTE_OK ? step_parameters[step - 1] : "";
    for (int64_t key = 1; *parameter != '\0'; key++, parameter++) {
      mote_require(reader, &map, key);
      if (*parameter == 'N') {
        mote_read_real(reader);
      } else if (*parameter == 'W') {
        (void)mote_read_int(reader, 0, INT32_MAX);
      } else {
        (void)mote_read_name(reader);
      }
    }
    mote_close_map(reader, &map);
  }
}

static void read_golden_input(mote_reader_t *r, mote_signal_t signal) {
  uint32_t parts = mote_read_array(r, 2, 3);
  int64_t form = mote_read_int(r, 1, 3);
  if ((form == 1) != (parts == 2) || (form == 3 && MOTE_SIGNAL_TYPE(signal) != MOTE_FLOAT32)) {
    mote_refuse(r, MOTE_FIELD);
  } else if (form == 1) {
    (void)mote_read_exactly(r, MOTE_SIGNAL_BYTES(signal));
  } else {
    (void)mote_read_int(r, 0, 255);
    (void)mote_read_int(r, 0, 255);
  }
}

static void read_golden_output(mote_reader_t *r, mote_signal_t signal) {
  uint32_t parts = mote_read_array(r, 2, 3);
  int64_t form = mote_read_int(r, 1, 3);
  if ((form == 3) != (parts == 3) || (form == 3 && MOTE_SIGNAL_TYPE(signal) != MOTE_FLOAT32)) {
    mote_refuse(r, MOTE_FIELD);
    return;
  }
  (void)mote_read_exactly(r, form == 2 ? 32 : MOTE_SIGNAL_BYTES(signal));
  if (form == 3) {
    (void)read_positive(r, ONE);
  }
}

void mote_read_golden(mote_reader_t *reader, mote_manifest_t *manifest) {
  manifest->golden_count = (uint8_t)mote_read_array(reader, 1, MOST_GOLDEN);
  manifest->golden = *reader;
  for (uint32_t i = 0; reader->error == MOTE_OK && i < manifest->golden_count; i++) {
    (void)mote_read_array(reader, 2, 2);
    (void)mote_read_array(reader, manifest->input_count, manifest->input_count);
    for (uint32_t k = 0; k < manifest->input_count; k++) {
      read_golden_input(reader, manifest->inputs[k]);
    }
    (void)mote_read_array(reader, manifest->output_count, manifest->output_count);
    for (uint32_t k = 0; k < manifest->output_count; k++) {
      read_golden_output(reader, manifest->outputs[k]);
    }
  }
}
