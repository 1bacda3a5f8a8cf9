import { checkedUrl, hostOf, redirectTarget } from './checked-url';
import { isPublicAddress } from './public-address';

const ports = [80, 443];

describe('the form of a URL', () => {
  it.each([
    ['file:///etc/passwd', /scheme "file"/],
    ['ftp://example.com/x', /scheme "ftp"/],
    ['gopher://example.com/', /scheme "gopher"/],
    ['data:text/plain,hi', /scheme "data"/],
    ['javascript:alert(1)', /scheme "javascript"/],
    ['http://user:hush@example.com/', /user name or password/],
    ['http://example.com:22/', /Port 22/],
    ['https://example.com:8443/', /Port 8443/],
    ['//example.com', /cannot be parsed/],
    ['http://', /cannot be parsed/],
    ['http://exa mple.com/', /cannot be parsed/],
    [`http://example.com/${'a'.repeat(5_000)}`, /longer than/],
  ])('is refused for %s', (url, message) => {
    expect(() => checkedUrl(url, ports)).toThrow(expect.objectContaining({ code: 'URL_FORBIDDEN', message: expect.stringMatching(message) }));
    expect(() => checkedUrl(url, ports)).not.toThrow(/hush/);
  });

  it('loses its fragment, the dot behind its host and its default port', () => {
    expect(checkedUrl('https://Example.com.:443/a?b#c', ports).href).toBe('https://example.com/a?b');
  });

  it.each(['0x7f.1', '2130706433', '017700000001', '0x7f000001', '127.1', '127.0.1', '127.0.0.1.', '0', '①②⑦.0.0.1', '[::1]', '[::ffff:127.0.0.1]', '[0:0:0:0:0:ffff:7f00:0001]', '169.254.43518', '0xa9fea9fe'])(
    'written as %s is an address that is not public',
    (host) => {
      expect(isPublicAddress(hostOf(checkedUrl(`http://${host}/`, ports)))).toBe(false);
    },
  );

  it('turns an international name into the one that is resolved', () => {
    expect(hostOf(checkedUrl('http://bücher.example/', ports))).toBe('xn--bcher-kva.example');
    expect(hostOf(checkedUrl('http://ｌｏｃａｌｈｏｓｔ/', ports))).toBe('localhost');
  });
});

describe('a redirect', () => {
  const from = new URL('https://a.example/x/y');

  it('is resolved against the URL it came from', () => {
    expect(redirectTarget(from, 'z', ports).href).toBe('https://a.example/x/z');
    expect(redirectTarget(from, '//b.example/z', ports).href).toBe('https://b.example/z');
  });

  it('never leads from https to http, but may lead the other way', () => {
    expect(() => redirectTarget(from, 'http://a.example/', ports)).toThrow(expect.objectContaining({ code: 'URL_FORBIDDEN' }));
    expect(redirectTarget(new URL('http://a.example/'), 'https://a.example/', ports).protocol).toBe('https:');
  });
});
