package dev.mote.testkit.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Whatever the documentation refers to within the project is there: files, pictures, headings.
class LinksTest {

  private static final Path ROOT =
      Path.of(System.getProperty("mote.root", "..")).toAbsolutePath().normalize();
  private static final Set<String> NOT_OURS =
      Set.of("target", "out", "node_modules", ".git", "data");
  private static final Pattern CODE = Pattern.compile("(?s)```.*?```");
  private static final Pattern LINK = Pattern.compile("\\[[^\\]]*\\]\\(([^)\\s]+)\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");

  @Test
  void everyLinkLeadsSomewhere() throws IOException {
    TreeSet<String> dead = new TreeSet<>();
    List<Path> pages = pages();
    assertThat(pages).hasSizeGreaterThan(100);
    for (Path page : pages) {
      String text = CODE.matcher(Files.readString(page)).replaceAll("");
      LINK.matcher(text)
          .results()
          .map(link -> link.group(1))
          .filter(link -> !link.matches("[a-z]+:.*"))
          .filter(link -> !leads(page, link))
          .forEach(link -> dead.add(ROOT.relativize(page) + ": " + link));
    }
    assertThat(dead).isEmpty();
  }

  private static List<Path> pages() throws IOException {
    List<Path> pages = new ArrayList<>();
    Files.walkFileTree(
        ROOT,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            return NOT_OURS.contains(String.valueOf(folder.getFileName()))
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (file.toString().endsWith(".md")) {
              pages.add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return pages;
  }

  private static boolean leads(Path page, String link) {
    int sharp = link.indexOf('#');
    String path = sharp < 0 ? link : link.substring(0, sharp);
    Path folder = page.toAbsolutePath().getParent();
    Path target = path.isEmpty() || folder == null ? page : folder.resolve(path).normalize();
    if (!Files.exists(target)) {
      return false;
    }
    return sharp < 0
        || !target.toString().endsWith(".md")
        || headings(target).contains(link.substring(sharp + 1));
  }

  /// The headings of a page as links write them.
  private static List<String> headings(Path page) {
    try {
      return HEADING
          .matcher(Files.readString(page))
          .results()
          .map(heading -> heading.group(1).strip().toLowerCase(Locale.ROOT))
          .map(heading -> heading.replaceAll("[^\\w\\- ]", "").replace(' ', '-'))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
