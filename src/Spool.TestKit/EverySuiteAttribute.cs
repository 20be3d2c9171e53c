using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

namespace Spool.TestKit;

/// <summary>Stands for the tests of all suites against the harness of a <see cref="StoreConformanceTests{THarness}"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer(typeof(EverySuiteDiscoverer))]
sealed class EverySuiteAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1) : FactAttribute(file, line);

/// <summary>Finds the tests of all suites. Each suite is a test class and a collection of its own.</summary>
sealed class EverySuiteDiscoverer : IXunitTestCaseDiscoverer
{
    const string Why = "Tests are not trimmed, nor compiled ahead of time: the runner itself looks for them.";

    readonly FactDiscoverer _facts = new();

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = Why)]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = Why)]
    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = Why)]
    public async ValueTask<IReadOnlyCollection<IXunitTestCase>> Discover(
        ITestFrameworkDiscoveryOptions discoveryOptions,
        IXunitTestMethod testMethod,
        IFactAttribute factAttribute
    )
    {
        var harness = HarnessOf(testMethod.TestClass.Class);
        var cases = new List<IXunitTestCase>();
        foreach (var suite in ConformanceSuites.For(harness))
        {
            var name = $"{testMethod.TestClass.Class.FullName}: {suite.Name.Split('`')[0]}";
            var assembly = testMethod.TestClass.TestCollection.TestAssembly;
            var testClass = new XunitTestClass(suite, new XunitTestCollection(assembly, null, false, name));
            foreach (var test in suite.GetMethods())
            {
                if (test.GetCustomAttribute<FactAttribute>() is not { } fact)
                    continue;
                fact.DisplayName = $"{name}.{test.Name}";
                cases.AddRange(await _facts.Discover(discoveryOptions, new XunitTestMethod(testClass, test, []), fact));
            }
        }
        return cases;
    }

    static Type HarnessOf(Type test)
    {
        while (!test.IsGenericType || test.GetGenericTypeDefinition() != typeof(StoreConformanceTests<>))
            test = test.BaseType!;
        return test.GenericTypeArguments[0];
    }
}
