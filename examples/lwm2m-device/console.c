#include "console.h"

#include <string.h>

#include "lwm2m/content.h"
#include "platform.h"

enum { LINE = 160 };

static void end_line(mote_sink_t *line, uint8_t *bytes) {
  mote_sink_byte(line, '\n');
  platform_write((const char *)bytes, mote_sink_kept(line));
}

void say(const char *text, int64_t number) {
  uint8_t bytes[LINE];
  mote_sink_t line;
  mote_sink_begin(&line, bytes, 0, sizeof bytes);
  for (; *text != '\0'; text++) {
    if (*text == '%') {
      mote_sink_decimal(&line, number);
    } else {
      mote_sink_byte(&line, (uint8_t)*text);
    }
  }
  end_line(&line, bytes);
}

void say_text(const char *what, const char *text) {
  uint8_t bytes[LINE];
  mote_sink_t line;
  mote_sink_begin(&line, bytes, 0, sizeof bytes);
  mote_sink_text(&line, what);
  mote_sink_text(&line, text);
  end_line(&line, bytes);
}

void say_score(int32_t label, float score, uint32_t microseconds) {
  uint8_t bytes[LINE];
  mote_sink_t line;
  mote_value_t value = mote_float(score);
  mote_sink_begin(&line, bytes, 0, sizeof bytes);
  mote_sink_text(&line, "class ");
  mote_sink_decimal(&line, label);
  mote_sink_text(&line, " score ");
  mote_text_write(&value, &line);
  mote_sink_text(&line, " in ");
  mote_sink_decimal(&line, microseconds);
  mote_sink_text(&line, " us");
  end_line(&line, bytes);
}
