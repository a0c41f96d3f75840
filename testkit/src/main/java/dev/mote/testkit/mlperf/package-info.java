/// The MLPerf Tiny models as a conformance suite.
@org.jspecify.annotations.NullMarked
package dev.mote.testkit.mlperf;
