package streamc.runner;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.StatementSet;
import org.apache.flink.table.api.TableEnvironment;

/** A job file on its way to the cluster. */
final class Submission {
    private final JobFile job;
    private final Variables variables;
    private final Configuration configuration = new Configuration();

    /** {@code overrides} win over the settings of the file. */
    Submission(JobFile job, Map<String, String> overrides, Variables variables) {
        this.job = job;
        this.variables = variables;
        configuration.set(PipelineOptions.NAME, job.name());
        job.settings().forEach((key, value) -> configuration.setString(key, variables.inSetting(value)));
        overrides.forEach(configuration::setString);
    }

    /** Fails unless each statement that needs a broker has one that takes a connection within the limit. */
    void findBrokers(Duration limit) {
        List<Brokers> wanted = new ArrayList<>();
        for (JobFile.Statement statement : job.statements()) {
            if (statement.brokers() != null) {
                wanted.add(new Brokers(statement.id(), variables.inSetting(statement.brokers()), statement.secret()));
            }
        }
        Brokers.find(wanted, limit);
    }

    /** Runs the declarations, then submits all inserts as one job. */
    JobClient submit() {
        TableEnvironment tables = environment();
        StatementSet inserts = tables.createStatementSet();
        for (JobFile.Statement statement : job.statements()) {
            try {
                String sql = variables.inStatement(statement.sql());
                switch (statement.kind()) {
                    case DECLARATION -> tables.executeSql(sql);
                    case INSERT -> inserts.addInsertSql(sql);
                }
            } catch (RuntimeException | LinkageError e) {
                throw JobException.of("statement " + statement.id(), e);
            }
        }
        try {
            return inserts.execute().getJobClient().orElseThrow();
        } catch (RuntimeException | LinkageError e) {
            throw JobException.of("the job " + job.name() + " was refused", e);
        }
    }

    private TableEnvironment environment() {
        try {
            return TableEnvironment.create(EnvironmentSettings.newInstance().withConfiguration(configuration).build());
        } catch (RuntimeException | LinkageError e) {
            throw JobException.of("the settings were refused", e);
        }
    }
}
