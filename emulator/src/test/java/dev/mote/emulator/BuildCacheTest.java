package dev.mote.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuildCacheTest {

  @TempDir Path directory;

  private static BuildCache.Build writing(String text) {
    return entry -> Files.writeString(entry.resolve("result"), text);
  }

  @Test
  void anEntryIsBuiltOnce() throws IOException {
    AtomicInteger builds = new AtomicInteger();
    BuildCache.Build counting =
        entry -> Files.writeString(entry.resolve("result"), "build " + builds.incrementAndGet());

    for (int i = 0; i < 3; i++) {
      // A new cache each time, as another process would have.
      Path entry = BuildCache.in(directory).entry("test", List.of("a"), counting);
      assertThat(entry.resolve("result")).hasContent("build 1");
    }
  }

  @Test
  void otherIngredientsAreAnotherEntry() {
    BuildCache cache = BuildCache.in(directory);
    Path joined = cache.entry("test", List.of("ab", "c"), writing("1"));
    Path split = cache.entry("test", List.of("a", "bc"), writing("2"));

    assertThat(split).isNotEqualTo(joined);
    assertThat(joined.resolve("result")).hasContent("1");
  }

  @Test
  void aFailedBuildLeavesNothing() {
    BuildCache cache = BuildCache.in(directory);
    assertThatThrownBy(
            () ->
                cache.entry(
                    "test",
                    List.of("a"),
                    entry -> {
                      Files.writeString(entry.resolve("half"), "done");
                      throw new IllegalStateException("no");
                    }))
        .hasMessage("no");

    assertThat(directory).isEmptyDirectory();
    assertThat(cache.entry("test", List.of("a"), writing("whole")).resolve("half")).doesNotExist();
  }

  @Test
  void whoeverIsFasterTheContentsAreWhole() throws Exception {
    List<Callable<Path>> builders = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      builders.add(
          () -> BuildCache.in(directory).entry("test", List.of("a"), writing("the contents")));
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      for (Future<Path> entry : threads.invokeAll(builders)) {
        assertThat(entry.get().resolve("result")).hasContent("the contents");
      }
    }
    try (Stream<Path> left = Files.list(directory)) {
      assertThat(left).hasSize(1);
    }
  }

  @Test
  void whatNobodyUsedForTwoWeeksIsRemoved() throws IOException {
    Path old = BuildCache.in(directory).entry("test", List.of("old"), writing("1"));
    Path used = BuildCache.in(directory).entry("test", List.of("used"), writing("2"));
    Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofDays(15))));
    Files.setLastModifiedTime(used, FileTime.from(Instant.now().minus(Duration.ofDays(13))));

    BuildCache.in(directory);

    assertThat(old).doesNotExist();
    assertThat(used.resolve("result")).hasContent("2");
  }
}
