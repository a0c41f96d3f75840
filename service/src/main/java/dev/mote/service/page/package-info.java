/// The files of the browser's pages; what they show, they fetch over REST.
@NullMarked
package dev.mote.service.page;

import org.jspecify.annotations.NullMarked;
