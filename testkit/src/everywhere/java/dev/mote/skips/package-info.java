/// Compiled into the tests of every module: no test is skipped without a stated reason.
@org.jspecify.annotations.NullMarked
package dev.mote.skips;
