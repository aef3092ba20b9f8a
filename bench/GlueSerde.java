import com.amazonaws.services.schemaregistry.deserializers.GlueSchemaRegistryKafkaDeserializer;
import com.amazonaws.services.schemaregistry.serializers.GlueSchemaRegistryKafkaSerializer;
import java.io.FileReader;
import java.io.Reader;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** AWS's serializers on Kafka: writes the numbers below a count, or reads as many records. See glue_serde.py. */
public class GlueSerde {
    public static void main(String[] arguments) throws Exception {
        Properties settings = new Properties();
        try (Reader file = new FileReader(arguments[0])) {
            settings.load(file);
        }
        String topic = arguments[2];
        int count = Integer.parseInt(arguments[3]);
        if (arguments[1].equals("write")) {
            write(settings, topic, count, new Schema.Parser().parse(arguments[4]));
        } else {
            read(settings, topic, count);
        }
    }

    private static void write(Properties settings, String topic, int count, Schema schema) throws Exception {
        settings.put("key.serializer", StringSerializer.class.getName());
        settings.put("value.serializer", GlueSchemaRegistryKafkaSerializer.class.getName());
        try (KafkaProducer<String, GenericRecord> producer = new KafkaProducer<>(settings)) {
            for (int number = 0; number < count; number++) {
                GenericRecord value = new GenericData.Record(schema);
                for (Schema.Field field : schema.getFields()) {
                    value.put(field.name(), number);
                }
                producer.send(new ProducerRecord<>(topic, value)).get();
            }
        }
        System.out.println("sent " + count);
    }

    private static void read(Properties settings, String topic, int count) {
        settings.put("key.deserializer", StringDeserializer.class.getName());
        settings.put("value.deserializer", GlueSchemaRegistryKafkaDeserializer.class.getName());
        settings.put("group.id", "glue-serde");
        settings.put("auto.offset.reset", "earliest");
        try (KafkaConsumer<String, GenericRecord> consumer = new KafkaConsumer<>(settings)) {
            consumer.subscribe(List.of(topic));
            for (int seen = 0; seen < count; ) {
                for (ConsumerRecord<String, GenericRecord> record : consumer.poll(Duration.ofSeconds(1))) {
                    System.out.println(record.value());
                    seen++;
                }
            }
        }
    }
}
