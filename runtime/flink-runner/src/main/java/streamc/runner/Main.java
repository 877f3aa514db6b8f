package streamc.runner;

import org.apache.flink.core.execution.JobClient;

/**
 * Runs a job that {@code streamc build} wrote ({@code flink/job.json}) on the cluster it is submitted to.
 *
 * <pre>
 * flink run -d streamc-runner.jar --job job.json [--set key=value]... [--var NAME=value]... [--broker-timeout seconds]
 * POST /jars/:id/run   {"programArgsList": ["--job-base64", "...", "--set", "parallelism.default=4"]}
 * </pre>
 *
 * <p>Submits and prints {@code job JOB_ID}; the job then belongs to the cluster. A failure is a {@link JobException} whose
 * message says in one line which statement failed and why, or what is missing. {@code flink run} shows it and exits with
 * 1, or with 2 where something is missing that the job needs before it starts. The REST interface answers 400 with it;
 * there this method runs inside the JobManager, so it never ends the JVM.
 */
public final class Main {
    /** Flink's command {@code flink}, which calls {@link #main} in its own process. */
    private static final String COMMAND = "org.apache.flink.client.cli.CliFrontend";

    private Main() {}

    /** See the class. */
    public static void main(String[] arguments) {
        try {
            run(arguments);
        } catch (JobException e) {
            // The message is the whole story: without this, `flink run` would print a trace and exit with 1.
            if (e.getCause() == null && isCommand()) {
                System.err.println("error: " + e.getMessage());
                System.exit(2);
            }
            throw e;
        }
    }

    private static void run(String[] arguments) {
        Options options = Options.parse(arguments);
        JobFile job = JobFile.parse(options.jobText());
        Variables variables = new Variables(job.variables(), options.variables(), System::getenv);
        Submission submission = new Submission(job, options.settings(), variables);
        if (!options.brokerTimeout().isZero()) {
            submission.findBrokers(options.brokerTimeout());
        }
        JobClient client = submission.submit();
        System.out.println("job " + client.getJobID());
    }

    /** Whether this process is a command that a person or a script has called, and nothing else runs in it. */
    private static boolean isCommand() {
        StackTraceElement[] stack = Thread.currentThread().getStackTrace();
        String outermost = stack[stack.length - 1].getClassName();
        return outermost.equals(COMMAND) || outermost.equals(Main.class.getName());
    }
}
