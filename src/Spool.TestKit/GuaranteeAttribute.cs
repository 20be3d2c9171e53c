using System.Reflection;
using Xunit;
using Xunit.v3;

namespace Spool.TestKit;

/// <summary>Says which guarantee a test is the test of. The id is a trait, so that <c>--filter-trait Guarantee=LIST-03</c> chooses it, and
/// the output of the test, which a failure shows, begins with the id and the sentence.</summary>
/// <param name="id">The id, such as <c>LIST-03</c>.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class GuaranteeAttribute(string id) : BeforeAfterTestAttribute, ITraitAttribute
{
    /// <summary>Gets the id.</summary>
    public string Id { get; } = id;

    /// <summary>Gets the sentence of the guarantee, or null for an id that is not among the documented ones.</summary>
    public string? Sentence => Guarantees.SentenceOf(Id);

    /// <inheritdoc/>
    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [new("Guarantee", Id)];

    /// <inheritdoc/>
    public override void Before(MethodInfo methodUnderTest, IXunitTest test) =>
        TestContext.Current.TestOutputHelper?.WriteLine($"{Id}: {Sentence}");
}
