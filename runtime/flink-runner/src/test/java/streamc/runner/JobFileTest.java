package streamc.runner;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JobFileTest {
    private static final String INSERT = "{\"id\":\"sink/out\",\"kind\":\"insert\",\"sql\":\"INSERT INTO `out` SELECT 1\"}";

    @Test
    void aJobFileKeepsTheOrderOfItsStatements() {
        String table =
                "{\"id\":\"source/in\",\"kind\":\"create_table\",\"brokers\":{\"servers\":\"${A}:1\",\"secret\":true},"
                        + "\"sql\":\"CREATE TABLE t\",\"line\":3}";
        JobFile job =
                JobFile.parse(
                        "{\"version\":1,\"name\":\"fraud\",\"settings\":{\"parallelism.default\":2,\"a\":\"b\"},"
                                + "\"variables\":[{\"name\":\"A\",\"default\":\"x\"},{\"name\":\"B\"}],"
                                + "\"statements\":[" + table + "," + INSERT + "]}");
        assertEquals("fraud", job.name());
        assertEquals(Map.of("parallelism.default", "2", "a", "b"), job.settings());
        assertEquals("{A=x, B=null}", job.variables().toString());
        assertEquals(
                List.of(
                        new JobFile.Statement("source/in", JobFile.Kind.DECLARATION, "${A}:1", true, "CREATE TABLE t"),
                        new JobFile.Statement("sink/out", JobFile.Kind.INSERT, null, false, "INSERT INTO `out` SELECT 1")),
                job.statements());
    }

    @Test
    void whatTheRunnerDoesNotUnderstandItRefusesByName() {
        refused("the job file has version 2; this runner reads version 1", "{\"version\":2}");
        refused("the job file has version ; this runner reads version 1", "{}");
        refused(
                "statement sink/out is of unknown kind \"drop\"",
                "{\"version\":1,\"name\":\"x\",\"statements\":[{\"id\":\"sink/out\",\"kind\":\"drop\",\"sql\":\"x\"}]}");
        refused(
                "statement 1 has no text in \"id\"",
                "{\"version\":1,\"name\":\"x\",\"statements\":[{\"kind\":\"insert\",\"sql\":\"x\"}]}");
        refused(
                "setting a of the job file is no scalar",
                "{\"version\":1,\"name\":\"x\",\"settings\":{\"a\":[1]},\"statements\":[" + INSERT + "]}");
        refused(
                "the job file has no insert statement: there is nothing to run",
                "{\"version\":1,\"name\":\"x\",\"statements\":[]}");
    }

    @Test
    void brokenJsonIsReportedWithItsPlace() {
        JobException e = assertThrows(JobException.class, () -> JobFile.parse("{\n \"version\": 1,\n oops}"));
        assertEquals("line 3, column 2", e.getMessage().replaceAll(".*\\((.*)\\)$", "$1"));
    }

    private static void refused(String message, String text) {
        assertEquals(message, assertThrows(JobException.class, () -> JobFile.parse(text)).getMessage());
    }
}
