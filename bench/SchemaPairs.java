import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;

/** Prints the rows of a table of Avro schemas with what Avro's Java library says of each. See schema_pairs.py. */
public class SchemaPairs {
    public static void main(String[] arguments) throws Exception {
        ObjectMapper mapper = new ObjectMapper();
        for (String line : Files.readAllLines(Path.of(arguments[0]))) {
            ObjectNode row = (ObjectNode) mapper.readTree(line);
            if (row.has("definition")) {
                row.put("valid", parses(row.get("definition").asText()));
            } else {
                Schema old = new Schema.Parser().parse(row.get("old").toString());
                Schema changed = new Schema.Parser().parse(row.get("new").toString());
                row.put("backward", reads(changed, old));
                row.put("forward", reads(old, changed));
            }
            System.out.println(row);
        }
    }

    private static boolean parses(String definition) {
        try {
            new Schema.Parser().parse(definition);
            return true;
        } catch (RuntimeException error) {
            return false;
        }
    }

    private static boolean reads(Schema reader, Schema writer) {
        SchemaCompatibilityType type = SchemaCompatibility.checkReaderWriterCompatibility(reader, writer).getType();
        return type == SchemaCompatibilityType.COMPATIBLE;
    }
}
