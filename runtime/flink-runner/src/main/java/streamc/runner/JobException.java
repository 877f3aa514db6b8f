package streamc.runner;

/** The job cannot be run; the message is one line for a person. */
public final class JobException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    JobException(String message) {
        super(message);
    }

    private JobException(String message, Throwable cause) {
        super(message, cause);
    }

    /** {@code what: root cause}; the whole chain of causes stays attached for the log. */
    static JobException of(String what, Throwable failure) {
        return new JobException(text(what, failure), failure);
    }

    /** The same message as the whole story: no trace says more. */
    static JobException inShort(String what, Throwable failure) {
        return new JobException(text(what, failure));
    }

    private static String text(String what, Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        String text = root.getMessage() == null ? root.getClass().getName() : root.getMessage();
        return what + ": " + text.strip().replaceAll("\\s*\\R\\s*", " ");
    }
}
