/// The pages in a real browser, over a real service: tests, and the pictures of the documentation.
@NullMarked
package dev.mote.web;

import org.jspecify.annotations.NullMarked;
