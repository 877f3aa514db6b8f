package streamc.runner;

import org.apache.flink.core.execution.JobClient;

/**
 * Runs a job that {@code streamc build} wrote ({@code flink/job.json}) on the cluster it is submitted to.
 *
 * <pre>
 * flink run -d streamc-runner.jar --job job.json [--set key=value]... [--var NAME=value]...
 * POST /jars/:id/run   {"programArgsList": ["--job-base64", "...", "--set", "parallelism.default=4"]}
 * </pre>
 *
 * <p>Submits and prints {@code job JOB_ID}; the job then belongs to the cluster. A failure is a {@link JobException} whose
 * message says in one line which statement failed and why: {@code flink run} shows it and exits with 1, the REST
 * interface answers 400 with it. Over REST this method runs inside the JobManager, so it never ends the JVM.
 */
public final class Main {
    private Main() {}

    /** See the class. */
    public static void main(String[] arguments) {
        Options options = Options.parse(arguments);
        JobFile job = JobFile.parse(options.jobText());
        Variables variables = new Variables(job.variables(), options.variables(), System::getenv);
        JobClient client = new Submission(job, options.settings(), variables).submit();
        System.out.println("job " + client.getJobID());
    }
}
