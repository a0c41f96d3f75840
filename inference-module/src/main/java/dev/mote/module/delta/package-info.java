/// Deltas between two versions of a payload, which a device applies as they arrive: its memory is a
/// few integers, and the two versions are read and written in flash.
///
/// ```java
/// Bytes delta = Delta.make(base, contents, 4096);
/// Bytes again = Delta.apply(base, delta, contents.size(), 4096);
/// ```
@NullMarked
package dev.mote.module.delta;

import org.jspecify.annotations.NullMarked;
