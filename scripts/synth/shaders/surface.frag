#version 330
// Colours every surface by its material, lights it with one lamp that casts shadows, a sky and a fill.
// The material numbers (SKIN, SHIRT, ...) and backgrounds (GYM, ...) are defined by the program that loads this.
in vec3 at;
in vec3 normal;
in vec3 painted;
flat in float surface;
in vec4 in_light;
uniform vec3 camera;
uniform vec3 lamp;          // unit vector toward it
uniform float lamp_strength;
uniform float sky_strength;
uniform vec3 lamp_tint;
uniform int background;
uniform vec3 palette[8];
uniform vec3 eye;           // centre of the left eye at rest
uniform float sock_top;
uniform float shirt_band;   // height of a light band at rest; below the floor: none
uniform sampler2DShadow shadow_map;
uniform float shadow_texel;
out vec4 colour;

struct Look {
    vec3 albedo;
    float shine;
    float sharpness;
    float wrap;             // light that creeps round, for skin and cloth
};

float random(vec3 p) {
    p = fract(p * vec3(0.1031, 0.1030, 0.0973));
    p += dot(p, p.yxz + 33.33);
    return fract((p.x + p.y) * p.z);
}

float noise(vec3 p) {
    vec3 cell = floor(p), f = fract(p);
    f = f * f * (3.0 - 2.0 * f);
    vec4 low = vec4(random(cell), random(cell + vec3(1, 0, 0)), random(cell + vec3(0, 1, 0)), random(cell + vec3(1, 1, 0)));
    cell.z += 1.0;
    vec4 high = vec4(random(cell), random(cell + vec3(1, 0, 0)), random(cell + vec3(0, 1, 0)), random(cell + vec3(1, 1, 0)));
    vec4 mid = mix(low, high, f.z);
    return mix(mix(mid.x, mid.y, f.x), mix(mid.z, mid.w, f.x), f.y);
}

Look skin() {
    vec3 a = palette[SKIN];
    float x = abs(painted.x) - abs(eye.x), y = painted.y - eye.y;
    bool face = painted.z > eye.z - 0.05;
    vec2 brow = vec2(x / 0.022, (y - 0.021 + 9.0 * x * x) / 0.0042);
    vec2 lash = vec2(x / 0.019, (y - 0.0068) / 0.004);
    if (face && dot(brow, brow) < 1.0) a *= 0.32;
    if (face && dot(lash, lash) < 1.0) a *= 0.5;
    a *= 0.94 + 0.12 * noise(painted * 28.0);
    float flush = smoothstep(0.5, 0.8, noise(painted * 8.0));
    a *= mix(vec3(1.0), vec3(1.05, 0.96, 0.94), flush);
    if (painted.y < sock_top) return Look(palette[SOCK] * (0.95 + 0.1 * noise(painted * 240.0)), 0.02, 10.0, 0.2);
    return Look(a, 0.10, 18.0, 0.3);
}

Look eyeball() {
    vec2 off = vec2(abs(painted.x) - abs(eye.x), painted.y - eye.y);
    float r = length(off);
    vec3 a = r < 0.0028 ? vec3(0.02) : (r < 0.0062 ? palette[IRIS] : vec3(0.80, 0.78, 0.76));
    bool lid = painted.z < eye.z + 0.002 || abs(off.x) > 0.0125 || abs(off.y) > 0.0065;
    return Look(lid ? palette[SKIN] * 0.5 : a, lid ? 0.05 : 0.5, 60.0, 0.1);
}

Look shirt() {
    vec3 a = palette[SHIRT] * (0.96 + 0.08 * noise(painted * 210.0));
    float off = abs(painted.y - shirt_band), soft = fwidth(painted.y);
    if (painted.z > 0.0) a = mix(a, vec3(0.88), 0.8 * (1.0 - smoothstep(0.020 - soft, 0.020 + soft, off)));
    return Look(a, 0.02, 12.0, 0.15);
}

Look shoe() {
    bool sole = painted.y < 0.006;
    bool lace = painted.y > 0.045 && painted.z > 0.05 && painted.z < 0.13 && fract(painted.z * 55.0) < 0.45;
    return Look(sole ? palette[SOLE] : (lace ? vec3(0.85) : palette[SHOE]), 0.12, 20.0, 0.05);
}

vec3 planks(vec2 p, float width, vec3 dark, vec3 light) {
    float plank = floor(p.x / width);
    vec3 a = mix(dark, light, random(vec3(plank, floor(p.y / 1.1 + plank * 0.37), 2.0)));
    a *= 0.86 + 0.24 * noise(vec3(p.x * 60.0, p.y * 4.0, 0.0));
    return fract(p.x / width) < 0.025 ? a * 0.5 : a;
}

Look floor_look() {
    vec3 a;
    if (background == GYM) {
        a = vec3(0.105, 0.11, 0.12);
        if (noise(vec3(at.xz * 190.0, 1.0)) > 0.80) a = mix(a, vec3(0.30, 0.36, 0.42), 0.7);
        vec2 tile = abs(fract(at.xz + 0.5) - 0.5);
        if (min(tile.x, tile.y) < 0.006) a *= 0.4;
    } else if (background == BRICK) {
        a = planks(at.xz, 0.13, vec3(0.40, 0.26, 0.14), vec3(0.54, 0.37, 0.22));
    } else if (background == STUDIO) {
        a = planks(at.zx, 0.10, vec3(0.62, 0.52, 0.40), vec3(0.72, 0.62, 0.49));
    } else {
        a = vec3(0.34, 0.33, 0.32) * (0.75 + 0.35 * noise(at * 2.3) + 0.15 * noise(at * 37.0));
        if (abs(at.x - 1.4) < 0.04) a = vec3(0.60, 0.50, 0.10);
    }
    return Look(a, background == STUDIO ? 0.12 : 0.05, 24.0, 0.0);
}

Look wall_look() {
    vec3 a;
    if (background == GYM) {
        a = vec3(0.55, 0.55, 0.53) * (0.87 + 0.2 * noise(at * 3.0) + 0.06 * noise(at * 40.0));
        if (at.y < 0.95) a = vec3(0.16, 0.20, 0.26) * (0.9 + 0.2 * noise(at * 5.0));
        if (abs(at.y - 0.95) < 0.02) a = vec3(0.75, 0.45, 0.10);
    } else if (background == BRICK) {
        vec2 brick = at.xy / vec2(0.24, 0.08);
        brick.x += 0.5 * mod(floor(brick.y), 2.0);
        vec2 f = fract(brick);
        a = mix(vec3(0.40, 0.20, 0.15), vec3(0.52, 0.29, 0.22), random(vec3(floor(brick), 1.0)));
        if (f.x < 0.05 || f.y < 0.12) a = vec3(0.55, 0.53, 0.50);
        a *= 0.9 + 0.2 * noise(at * 30.0);
    } else if (background == STUDIO) {
        a = vec3(0.76, 0.74, 0.70) * (0.96 + 0.06 * noise(at * 2.0));
        if (at.y < 0.09) a = vec3(0.85);
        vec2 pane = abs(vec2(at.x - 1.9, at.y - 1.8)) / vec2(0.75, 0.85);
        if (max(pane.x, pane.y) < 1.0) a = min(pane.x, pane.y) < 0.03 || max(pane.x, pane.y) > 0.95 ? vec3(0.9) : vec3(1.5, 1.6, 1.75);
    } else {
        a = vec3(0.42, 0.44, 0.46) * (0.80 + 0.3 * noise(at * 1.7) + 0.1 * noise(at * 23.0));
        if (fract(at.x / 0.9) < 0.02) a *= 0.6;
        if (at.y > 2.1) a = vec3(0.20, 0.21, 0.23);
    }
    return Look(a, 0.01, 10.0, 0.0);
}

Look poster() {
    vec3 a = mix(vec3(0.10, 0.16, 0.30), vec3(0.55, 0.25, 0.12), smoothstep(-0.3, 0.3, sin(at.x * 4.0) * 0.3 + at.y - 1.55));
    return Look(a, 0.05, 20.0, 0.0);
}

Look look_of(int material) {
    if (material == SKIN) return skin();
    if (material == LIPS) return Look(palette[SKIN] * vec3(0.86, 0.56, 0.56), 0.15, 20.0, 0.2);
    if (material == EYE) return eyeball();
    if (material == SHIRT) return shirt();
    if (material == BOTTOM) return Look(palette[BOTTOM] * (0.95 + 0.1 * noise(painted * 180.0)), 0.04, 14.0, 0.1);
    if (material == SHOE) return shoe();
    if (material == HAIR) return Look(palette[HAIR] * (0.6 + 0.8 * noise(painted * vec3(160, 40, 60))), 0.18, 14.0, 0.1);
    if (material == FLOOR) return floor_look();
    if (material == WALL) return wall_look();
    if (material == STEEL) return Look(vec3(0.45, 0.46, 0.48), 0.6, 40.0, 0.0);
    if (material == PAINTED) return Look(vec3(0.52, 0.08, 0.07), 0.2, 20.0, 0.0);
    if (material == POSTER) return poster();
    return Look(vec3(0.035, 0.035, 0.04), 0.25, 30.0, 0.0);
}

float lit() {
    vec3 place = in_light.xyz / in_light.w * 0.5 + 0.5;
    if (any(lessThan(place.xy, vec2(0.0))) || any(greaterThan(place.xy, vec2(1.0)))) return 1.0;
    float sum = 0.0;
    for (int i = -1; i <= 1; i++)
        for (int j = -1; j <= 1; j++)
            sum += texture(shadow_map, vec3(place.xy + 1.3 * shadow_texel * vec2(i, j), place.z - 0.0022));
    return sum / 9.0;
}

void main() {
    int material = int(surface + 0.5);
    bool person = material < FLOOR;
    vec3 n = normalize(normal), toward = normalize(camera - at);
    if (person && !gl_FrontFacing) n = -n;
    if (material == SHIRT || material == BOTTOM) n = normalize(n + 0.2 * (noise(painted * vec3(16, 24, 16)) - 0.5));
    Look look = look_of(material);
    float shade = lit();
    float direct = max((dot(n, lamp) + look.wrap) / (1.0 + look.wrap), 0.0) * shade;
    vec3 sky = mix(vec3(0.30, 0.27, 0.25), vec3(0.62, 0.66, 0.72), 0.5 * n.y + 0.5) * sky_strength;
    float fill = 0.26 * max(dot(n, normalize(vec3(-0.5, 0.35, 0.8))), 0.0);
    float crevice = person ? mix(0.72, 1.0, smoothstep(-0.9, 0.5, n.y)) : 1.0;
    vec3 halfway = normalize(lamp + toward);
    float gloss = look.shine * pow(max(dot(n, halfway), 0.0), look.sharpness) * shade * step(0.0, dot(n, lamp));
    float rim = 0.1 * look.shine * pow(1.0 - max(dot(n, toward), 0.0), 4.0);
    vec3 c = look.albedo * (sky * crevice + fill * vec3(0.92, 0.96, 1.0) + direct * lamp_strength * lamp_tint) + gloss * lamp_strength + rim;
    if (material == FLOOR) c *= 1.0 - 0.3 * exp(-6.0 * dot(at.xz, at.xz));
    c = c / (1.0 + 0.22 * c);
    colour = vec4(pow(clamp(c, 0.0, 1.0), vec3(1.0 / 2.2)), 1.0);
}
