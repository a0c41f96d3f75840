/// Random models of many operators, for tests of properties that hold for every model.
@org.jspecify.annotations.NullMarked
package dev.mote.testkit.graphs;
