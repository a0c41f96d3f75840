/// Benchmarks whose results are committed: instructions, memory and size of models on emulated
/// boards, beside what other engines need for the same work.
@org.jspecify.annotations.NullMarked
package dev.mote.bench;
