package streamc.runner;

import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whether anything is there that a job connects to. Without a broker Flink would run the job, and restart it for ever.
 * PySpark jobs do and say the same ({@code streamc_support.py}).
 *
 * @param component what connects: {@code source/swipes}
 * @param servers a list as in Kafka's {@code bootstrap.servers}; one that answers is enough
 * @param secret whether no message may show {@code servers}
 */
record Brokers(String component, String servers, boolean secret) {
    /** As Kafka's clients read an address: a protocol before it means nothing to them. */
    private static final Pattern ADDRESS =
            Pattern.compile("(?:\\w+://)?(?:\\[([0-9A-Za-z._%:-]+)\\]|([0-9A-Za-z._%-]+)):([0-9]{1,5})");

    /** Where a broker should be. */
    private record Address(String text, String host, int port) {}

    /** An address, and why nothing takes a connection there; empty if something does. */
    private record Answer(Address address, String reason) {}

    /** Fails unless each component has a broker that takes a TCP connection within the limit. */
    static void find(List<Brokers> all, Duration limit) {
        Map<Brokers, List<Address>> wanted = new LinkedHashMap<>();
        all.forEach(brokers -> wanted.put(brokers, brokers.addresses()));
        Map<Address, String> reasons = ask(wanted.values(), limit);
        Map<String, List<String>> silent = new LinkedHashMap<>();
        wanted.forEach((brokers, addresses) -> {
            if (!answered(addresses, reasons)) {
                List<String> told = new ArrayList<>();
                for (Address address : addresses) {
                    String place = brokers.secret ? "a secret address" : address.text;
                    told.add(place + " (" + reasons.get(address) + ")");
                }
                silent.computeIfAbsent(String.join(", ", told), key -> new ArrayList<>()).add(brokers.called());
            }
        });
        if (!silent.isEmpty()) {
            List<String> parts = new ArrayList<>();
            silent.forEach((told, names) -> parts.add(listed(names) + " answers: " + told));
            throw new JobException(
                    "no Kafka broker of " + String.join("; none of ", parts) + ". Is it running, and is the address right?"
                            + " (--broker-timeout 0 starts the job without asking)");
        }
    }

    /** Asks all addresses at once, until one of each list has answered. */
    private static Map<Address, String> ask(Collection<List<Address>> lists, Duration limit) {
        String late = "no answer within " + seconds(limit) + " s";
        Map<Address, String> reasons = new LinkedHashMap<>();
        lists.forEach(list -> list.forEach(address -> reasons.put(address, late)));
        long deadline = System.nanoTime() + limit.toNanos();
        BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
        for (Address address : reasons.keySet()) {
            // A name that is being looked up cannot be interrupted: nothing waits for these threads.
            Thread thread = new Thread(() -> answers.add(new Answer(address, whyNot(address, deadline, late))));
            thread.setDaemon(true);
            thread.start();
        }
        try {
            for (int i = 0; i < reasons.size(); i++) {
                Answer answer = answers.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (answer == null) {
                    break;
                }
                reasons.put(answer.address, answer.reason);
                if (lists.stream().allMatch(list -> answered(list, reasons))) {
                    break;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw JobException.of("interrupted while looking for brokers", e);
        }
        return reasons;
    }

    private static boolean answered(List<Address> addresses, Map<Address, String> reasons) {
        return addresses.stream().anyMatch(address -> reasons.get(address).isEmpty());
    }

    /** Why nothing takes a connection there; empty if something does. Each address of a name gets its share of the time. */
    private static String whyNot(Address address, long deadline, String late) {
        String reason = "name not known";
        try {
            InetAddress[] places = InetAddress.getAllByName(address.host);
            for (int i = 0; i < places.length; i++) {
                long share = (deadline - System.nanoTime()) / (places.length - i) / 1_000_000;
                try (Socket client = new Socket(Proxy.NO_PROXY)) {
                    client.connect(new InetSocketAddress(places[i], address.port), (int) Math.max(1, share));
                    return "";
                } catch (SocketTimeoutException e) {
                    reason = late;
                } catch (IOException e) {
                    String text = e.getMessage() == null ? e.getClass().getName() : e.getMessage();
                    reason = text.substring(0, 1).toLowerCase() + text.substring(1);
                }
            }
        } catch (UnknownHostException e) {
            return reason;
        }
        return reason;
    }

    private List<Address> addresses() {
        List<Address> found = new ArrayList<>();
        for (String item : servers.split(",")) {
            String text = plain(item);
            if (text.isEmpty()) {
                continue;
            }
            Matcher match = ADDRESS.matcher(text);
            int port = match.matches() ? Integer.parseInt(match.group(3)) : 0;
            if (port < 1 || port > 65535) {
                throw new JobException(
                        "the broker address " + (secret ? "in a secret" : "\"" + text + "\"") + " of " + called()
                                + " is not host:port, as in localhost:9092 or [::1]:9092");
            }
            Address address = new Address(text, match.group(1) == null ? match.group(2) : match.group(1), port);
            if (!found.contains(address)) {
                found.add(address);
            }
        }
        if (found.isEmpty()) {
            throw new JobException(called() + " names no Kafka broker: its list of addresses is empty");
        }
        return found;
    }

    /** {@code source "swipes"} for {@code source/swipes}. */
    private String called() {
        int slash = component.indexOf('/');
        return component.substring(0, Math.max(0, slash)) + " \"" + plain(component.substring(slash + 1)) + "\"";
    }

    /** The text in one line. */
    private static String plain(String text) {
        return text.replaceAll("[\\x00-\\x20\\x7f]+", " ").strip();
    }

    private static String listed(List<String> names) {
        int last = names.size() - 1;
        return last == 0 ? names.get(0) : String.join(", ", names.subList(0, last)) + " and " + names.get(last);
    }

    private static String seconds(Duration limit) {
        return BigDecimal.valueOf(limit.toMillis(), 3).stripTrailingZeros().toPlainString();
    }
}
