using System.Xml;
using System.Xml.Linq;

namespace Spool.Cli.Tests;

/// <summary>What holds for every page, whatever a thread holds: it is well-formed, and has only the elements and attributes that Spool
/// writes.</summary>
static class PageRules
{
    static readonly HashSet<string> Elements =
    [
        .. "html head meta title style body header main nav footer section h1 h2 h3 h4 h5 h6 p div span small b a ul ol li table tr th td".Split(
            ' '
        ),
        .. "details summary pre code time dl dt dd figure img figcaption blockquote hr br strong em del".Split(' '),
    ];

    static readonly HashSet<string> Attributes =
    [
        .. "lang value charset http-equiv content name id class href rel title open datetime alt src loading start".Split(' '),
    ];

    /// <summary>Reads a page, and says where it breaks a rule.</summary>
    public static XElement Check(string page)
    {
        XElement root;
        using (
            var reader = XmlReader.Create(
                new StringReader(page),
                new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore, CheckCharacters = true }
            )
        )
            root = XElement.Load(reader, LoadOptions.PreserveWhitespace);
        foreach (var element in root.DescendantsAndSelf())
        {
            Assert.Contains(element.Name.LocalName, Elements);
            foreach (var attribute in element.Attributes())
            {
                Assert.Contains(attribute.Name.LocalName, Attributes);
                if (attribute.Name == "href")
                    Assert.Matches("^(#|https?://|mailto:)", attribute.Value.ToLowerInvariant());
                if (attribute.Name == "src")
                    Assert.Matches(
                        "^(data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]*|[A-Za-z0-9%._~-]+\\.files/[0-9a-f]+\\.[a-z]+)$",
                        attribute.Value
                    );
            }
        }
        var ids = root.Descendants().Attributes("id").Select(id => id.Value).ToList();
        Assert.Equal(ids.Distinct(), ids);
        Assert.All(
            root.Descendants("a").Select(a => (string)a.Attribute("href")!).Where(href => href.StartsWith('#')),
            href => Assert.Contains(href[1..], ids)
        );
        Assert.Single(root.Descendants("style"));
        Assert.All(
            Blocks(root),
            item => Assert.NotEmpty(item.Descendants("span").First(span => (string?)span.Attribute("class") == "role").Value)
        );
        return root;
    }

    /// <summary>Gives the blocks of items.</summary>
    public static IEnumerable<XElement> Blocks(XElement root) =>
        root.Descendants().Where(element => ((string?)element.Attribute("class"))?.StartsWith("item ", StringComparison.Ordinal) == true);
}
