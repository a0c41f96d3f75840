/// The configuration: every key is known, and a misspelt one stops the start.
@NullMarked
package dev.mote.service.settings;

import org.jspecify.annotations.NullMarked;
