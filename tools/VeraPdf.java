// Judges PDF files by veraPDF: in, file names line by line on standard input; out, a line for each file and profile:
//   <profile> TAB <file> TAB ok | <clause>-<test>: <what is wrong> (<how often>); …
// Run with the veraPDF library and JAXB on the class path: java -cp … VeraPdf.java 3a ua1 < files
import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.logging.LogManager;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

public final class VeraPdf {
    private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    public static void main(String[] profiles) throws Exception {
        LogManager.getLogManager().reset();
        VeraGreenfieldFoundryProvider.initialise();
        var names = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).lines().toList();
        for (String name : names) {
            for (String profile : profiles) {
                OUT.println(profile + "\t" + name + "\t" + verdict(name, PDFAFlavour.byFlavourId(profile)));
            }
        }
    }

    private static String verdict(String name, PDFAFlavour flavour) {
        try (var file = new FileInputStream(name);
                PDFAParser parser = Foundries.defaultInstance().createParser(file, flavour);
                PDFAValidator validator = Foundries.defaultInstance().createValidator(flavour, false)) {
            ValidationResult result = validator.validate(parser);
            return result.isCompliant() ? "ok" : String.join("; ", faults(result));
        } catch (Exception fault) {
            return "not judged: " + fault;
        }
    }

    private static List<String> faults(ValidationResult result) {
        Map<String, Integer> counted = new TreeMap<>();
        for (TestAssertion assertion : result.getTestAssertions()) {
            if (assertion.getStatus() == TestAssertion.Status.FAILED) {
                var rule = assertion.getRuleId();
                String what = rule.getClause() + "-" + rule.getTestNumber() + ": "
                    + assertion.getMessage().replaceAll("\\s+", " ");
                counted.merge(what, 1, Integer::sum);
            }
        }
        List<String> shown = new ArrayList<>();
        counted.forEach((what, times) -> shown.add(what + " (" + times + "x)"));
        return shown;
    }
}
