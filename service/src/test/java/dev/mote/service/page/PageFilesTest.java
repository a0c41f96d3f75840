package dev.mote.service.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.service.TestService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PageFilesTest {

  @Test
  void everyPlaceIsTheOnePageAndWhatIsNotThereIsNot(@TempDir Path folder) throws IOException {
    Files.createDirectory(folder.resolve("assets"));
    Files.writeString(folder.resolve("index.html"), "<title>Mote</title>");
    Files.writeString(folder.resolve("assets/a.js"), "1");
    Files.writeString(folder.resolveSibling("secret.txt"), "secret");
    try (TestService service = TestService.start("--mote.web.folder=" + folder)) {
      var nobody = service.nobody();
      for (String place : new String[] {"/", "/devices", "/devices/1/history"}) {
        assertThat(nobody.get(place).expect(200).text()).isEqualTo("<title>Mote</title>");
      }
      assertThat(nobody.get("/assets/a.js").expect(200).text()).isEqualTo("1");
      nobody.get("/assets/b.js").expect(404);
      nobody.get("/v1/nothing").expect(401);
      service.admin().get("/v1/nothing").expectProblem(404, 8002);
      for (String hostile :
          new String[] {"/../secret.txt", "/%2e%2e/secret.txt", "/assets/..%2f..%2fsecret.txt"}) {
        assertThat(nobody.get(hostile).text()).doesNotContain("secret");
      }
    }
  }
}
