package streamc.runner;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BrokersTest {
    private static final String QUESTION =
            ". Is it running, and is the address right? (--broker-timeout 0 starts the job without asking)";
    private static final Duration LIMIT = Duration.ofSeconds(10);

    @Test
    void oneBrokerOfAListIsEnough() throws IOException {
        try (ServerSocket broker = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String there = "127.0.0.1:" + broker.getLocalPort();
            find(LIMIT, "source/a", "127.0.0.1:" + closed() + ", ," + there, "sink/b", "SASL_SSL://" + there);
        }
    }

    @Test
    void whatDoesNotAnswerIsNamedWithTheReason() throws IOException {
        int port = closed();
        // `no..name` cannot be a name: no server is asked for it.
        refused(
                "no Kafka broker of source \"a b\", sink \"c/d\" and sink \"e\" answers: 127.0.0.1:" + port
                        + " (connection refused), no..name:1 (name not known)" + QUESTION,
                "source/a\nb", "127.0.0.1:" + port + ",no..name:1",
                "sink/c/d", "127.0.0.1:" + port + " , no..name:1,",
                "sink/e", "127.0.0.1:" + port + ",no..name:1,no..name:1");
        refused(
                "no Kafka broker of source \"a\" answers: 127.0.0.1:" + port + " (connection refused); none of sink \"b\""
                        + " answers: [127.0.0.1]:" + port + " (connection refused)" + QUESTION,
                "source/a", "127.0.0.1:" + port, "sink/b", "[127.0.0.1]:" + port);
    }

    @Test
    void whatIsNoAddressIsRefused() {
        String wrong = " of source \"a\" is not host:port, as in localhost:9092 or [::1]:9092";
        for (String address : new String[] {"localhost", "localhost:", ":9092", "a b:1", "a:0", "a:65536", "::1:9092", "[::1]"}) {
            refused("the broker address \"" + address + "\"" + wrong, "source/a", "b:1, " + address);
        }
        refused("source \"a\" names no Kafka broker: its list of addresses is empty", "source/a", " , ");
    }

    @Test
    void aSecretStaysOne() throws IOException {
        Brokers brokers = new Brokers("source/a", "127.0.0.1:" + closed(), true);
        JobException e = assertThrows(JobException.class, () -> Brokers.find(List.of(brokers), LIMIT));
        assertEquals("no Kafka broker of source \"a\" answers: a secret address (connection refused)" + QUESTION, e.getMessage());
        JobException wrong =
                assertThrows(JobException.class, () -> Brokers.find(List.of(new Brokers("sink/b", "hush", true)), LIMIT));
        assertTrue(wrong.getMessage().startsWith("the broker address in a secret of sink \"b\" is not"), wrong.getMessage());
    }

    @Test
    void silenceEndsAtTheLimit() throws IOException {
        List<Socket> waiting = new ArrayList<>();
        try (ServerSocket busy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            // Nobody accepts: once the queue is full, the system answers no further connection.
            boolean full = false;
            for (int i = 0; i < 1000 && !full; i++) {
                Socket client = new Socket();
                waiting.add(client);
                try {
                    client.connect(busy.getLocalSocketAddress(), 100);
                } catch (SocketTimeoutException e) {
                    full = true;
                }
            }
            assertTrue(full, "the queue of connections never filled");
            String address = "127.0.0.1:" + busy.getLocalPort();
            long start = System.nanoTime();
            JobException e =
                    assertThrows(JobException.class, () -> find(Duration.ofMillis(250), "source/a", address));
            assertEquals(
                    "no Kafka broker of source \"a\" answers: " + address + " (no answer within 0.25 s)" + QUESTION,
                    e.getMessage());
            assertTrue(System.nanoTime() - start < Duration.ofSeconds(5).toNanos());
        } finally {
            for (Socket client : waiting) {
                client.close();
            }
        }
    }

    private static void find(Duration limit, String... componentsAndServers) {
        List<Brokers> all = new ArrayList<>();
        for (int i = 0; i < componentsAndServers.length; i += 2) {
            all.add(new Brokers(componentsAndServers[i], componentsAndServers[i + 1], false));
        }
        Brokers.find(all, limit);
    }

    private static void refused(String message, String... componentsAndServers) {
        assertEquals(message, assertThrows(JobException.class, () -> find(LIMIT, componentsAndServers)).getMessage());
    }

    /** A port of the loopback interface on which nothing listens. */
    private static int closed() throws IOException {
        try (ServerSocket server = new ServerSocket()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            return server.getLocalPort();
        }
    }
}
